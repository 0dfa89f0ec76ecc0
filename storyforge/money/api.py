from __future__ import annotations

from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema
from rest_framework import mixins, serializers, viewsets
from rest_framework.permissions import IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from storyforge.money.models import LedgerEntry, Plan
from storyforge.money.usage import CURRENCY, Period, Usage, entries_of, usage_of


class PlanSerializer(serializers.ModelSerializer[Plan]):
    class Meta:
        model = Plan
        fields = ["code", "name", "monthly_micros", "daily_jobs", "in_flight", "storage_bytes"]
        read_only_fields = fields


class PeriodSerializer(serializers.Serializer[Period]):
    limit_micros = serializers.IntegerField(allow_null=True, help_text="US dollars / 1,000,000.")
    spent_micros = serializers.IntegerField()
    reserved_micros = serializers.IntegerField(help_text="Set aside for unfinished jobs.")
    jobs = serializers.IntegerField(help_text="Jobs counted.")
    jobs_limit = serializers.IntegerField(allow_null=True)
    resets_at = serializers.DateTimeField()


class AccountUsageSerializer(serializers.Serializer[Usage]):
    currency = serializers.CharField(default=CURRENCY, read_only=True)
    plan = PlanSerializer(source="account.plan")
    stored_bytes = serializers.IntegerField(
        source="account.stored_bytes", help_text="Files in the projects one owns."
    )
    month = PeriodSerializer()
    day = PeriodSerializer()


class UsageView(APIView):
    """What one's own account has used this month and today, and its limits."""

    permission_classes = [IsAuthenticated]

    @extend_schema(responses=AccountUsageSerializer)
    def get(self, request: Request) -> Response:
        return Response(AccountUsageSerializer(usage_of(request.user.pk)).data)


class LedgerSerializer(serializers.ModelSerializer[LedgerEntry]):
    class Meta:
        model = LedgerEntry
        fields = [
            "id", "at", "project_id", "job_id", "step", "outcome", "model", "price_version",
            "input_tokens", "output_tokens", "charged_micros", "house_micros",
        ]  # fmt: skip
        read_only_fields = fields


class LedgerViewSet(mixins.ListModelMixin, viewsets.GenericViewSet):
    """Every amount booked on one's own account, newest first."""

    serializer_class = LedgerSerializer
    queryset = LedgerEntry.objects.none()
    filterset_fields = ["project_id", "job_id", "outcome"]

    def get_queryset(self) -> QuerySet[LedgerEntry]:
        if getattr(self, "swagger_fake_view", False):
            return LedgerEntry.objects.none()
        return entries_of(self.request.user).order_by("-at", "-pk")
