from allauth.socialaccount.forms import SignupForm as AllauthSocialSignupForm
from django import forms


class SignupForm(forms.Form):
    pass


class SocialSignupForm(AllauthSocialSignupForm):
    pass
