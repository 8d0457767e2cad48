"""Anyone may check a paper: they learn its kind, number, a masked name and whether it is valid."""

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse

from kosna.core import clock
from kosna.core.korean import mask_name
from kosna.documents.actions import pdf_of
from kosna.documents.forms import VerifyForm
from kosna.documents.models import Document


@login_not_required
def verify(request: HttpRequest) -> HttpResponse:
    form = VerifyForm(request.GET or None)
    if form.is_valid():
        return redirect("documents:verified", code=form.cleaned_data["code"])
    return TemplateResponse(request, "documents/verify.html", {"form": form})


@login_not_required
def verified(request: HttpRequest, code: str) -> HttpResponse:
    document = Document.objects.filter(code=code.lower()).first()
    context = {"document": document, "code": code}
    if document:
        context |= {
            "masked_name": mask_name(document.name),
            "is_valid": document.is_valid_on(clock.today()),
        }
    return TemplateResponse(
        request, "documents/verified.html", context, status=200 if document else 404
    )


def pdf(request: HttpRequest, code: str) -> HttpResponse:
    """The paper itself, for the person it was issued to."""
    document = get_object_or_404(Document, code=code, subject=request.user)
    return pdf_response(document)


def pdf_response(document: Document) -> HttpResponse:
    return HttpResponse(
        pdf_of(document),
        content_type="application/pdf",
        headers={
            "Content-Disposition": f'inline; filename="{document.kind}-{document.year}'
            f'-{document.number:06d}.pdf"'
        },
    )
