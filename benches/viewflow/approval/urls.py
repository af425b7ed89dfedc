"""The pages of the approval, as Viewflow makes them."""

from django.urls import path
from viewflow.urls import Site
from viewflow.workflow.flow import FlowAppViewset

from approval.flows import ViewFlow

site = Site(title="Bench", viewsets=[FlowAppViewset(ViewFlow, app_name="approval")])

urlpatterns = [path("", site.urls)]
