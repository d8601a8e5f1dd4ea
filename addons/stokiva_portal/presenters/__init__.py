"""What the portal's pages show: explicit values, no records, so that a template cannot show more."""
from .appliance import AppliancePresenter
from .calendar import CalendarPresenter
from .customer import RequestPresenter
from .events import EventForms
from .formats import Formats
from .home import HomePresenter
from .job import JobPresenter
from .statement import StatementPresenter
from .service_request import ServiceRequestForm
from .thread import Thread
