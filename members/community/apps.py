from datetime import timedelta

from django.apps import AppConfig


class CommunityConfig(AppConfig):
    name = "members.community"

    def ready(self) -> None:
        from kosna.core import jobs
        from kosna.mail import post
        from members import news
        from members.community import actions, held, kept, new

        jobs.register("community.weekly", every=timedelta(hours=1), run=actions.send_weekly)
        post.register_secret(actions.STOP_LINK, actions.stop_link)
        news.register(new.on_boards)
        held.tell()
        kept.tell()
