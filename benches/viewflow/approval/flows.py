"""The flows of W1 and W2 for Viewflow. Each locks its process; on SQLite that lock is the transaction itself."""

import sys

from viewflow import this
from viewflow.workflow import Flow, flow, lock
from viewflow.workflow.models import Process


def approved(activation):
    return activation.process.data["approved"]


class HandleFlow(Flow):
    process_class = Process
    lock_impl = lock.select_for_update_lock

    start = flow.StartHandle().Next(this.approve)
    approve = flow.Handle(this.decide).Next(this.check_approve)
    check_approve = flow.If(approved).Then(this.send).Else(this.end)
    send = flow.Function(lambda activation: None).Next(this.end)
    end = flow.End()

    def decide(self, activation, approved):
        activation.process.data["approved"] = approved
        activation.process.save()


class ViewFlow(Flow):
    process_class = Process
    lock_impl = lock.select_for_update_lock

    start = flow.StartHandle().Next(this.approve)
    approve = flow.View(lambda request: None).Next(this.check_approve)
    check_approve = flow.If(approved).Then(this.send).Else(this.end)
    send = flow.Function(lambda activation: None).Next(this.end)
    end = flow.End()


def wide(branches):
    """A flow whose split has so many function branches."""
    split = flow.Split()
    body = {"__module__": __name__, "process_class": Process, "lock_impl": lock.select_for_update_lock}
    body["start"] = flow.StartHandle().Next(this.split)
    for place in range(branches):
        split = split.Next(getattr(this, f"work_{place}"))
        body[f"work_{place}"] = flow.Function(lambda activation: None).Next(this.join)
    body["split"] = split
    body["join"] = flow.Join().Next(this.end)
    body["end"] = flow.End()
    made = type("WideFlow", (Flow,), body)
    # A flow is found by the name of its module and its own.
    sys.modules[__name__].WideFlow = made
    return made
