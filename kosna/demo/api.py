"""Keys of Busan: its website reads events, reports and statistics, its turnstiles check in, and a
program that is no longer in use."""

from kosna.api import actions
from kosna.api.models import Scope, Token
from kosna.branches.models import Branch
from kosna.core import tokens
from kosna.demo.people import account
from kosna.demo.story import Story

# Opens what everybody may read of an invented branch; ``make demo`` prints it.
KEY = f"{actions.PREFIX}demo-reads-the-events-of-busan"
READER, GATES, OLD = "지부 누리집", "출입 게이트", "예전 행사 연동"


def tell(story: Story) -> None:
    story.at(story.ago(40), lambda: _issue(OLD, [Scope.WRITE_EVENTS, Scope.READ_EVENTS]))
    story.at(story.ago(20, 11), _revoke)
    story.at(story.ago(20, 12), _issue_reader)
    story.at(story.ago(19, 10), lambda: _issue(GATES, [Scope.CHECK_IN]))


def _issue(label: str, scopes: list[str]) -> Token:
    branch = Branch.objects.get(code="busan")
    token, _secret = actions.issue_token(
        branch=branch, label=label, scopes=scopes, days=365, by=account("busan")
    )
    return token


def _revoke() -> None:
    actions.revoke_token(Token.objects.get(label=OLD), by=account("busan"))


def _issue_reader() -> None:
    """Everybody who tries the demonstration has the same key."""
    token = _issue(READER, [Scope.READ_EVENTS, Scope.READ_RESEARCH])
    Token.objects.filter(pk=token.pk).update(fingerprint=tokens.fingerprint(KEY))
