"""Writes the dashboards beside it; with --check says which are not as it would write them.

A panel is one line of a table: title, description, unit, queries. Everything else is the same for each.
"""
import json
import pathlib
import sys

here = pathlib.Path(__file__).resolve().parent
datasource = {"type": "prometheus", "uid": "${datasource}"}


def mean(metric, by="level"):
    """The mean of a time over the range that is shown, of what came to its end in it."""
    return (f"sum by ({by}) (increase({metric}_sum[$__range]))"
            f" / sum by ({by}) (increase({metric}_count[$__range]))")


def quantile(share, metric, by="level"):
    """The time within which that share came to its end."""
    labels = ", ".join(filter(None, ["le", by]))
    return f"histogram_quantile({share}, sum by ({labels}) (rate({metric}_bucket[$__rate_interval])))"


def of_rules(step):
    """The mean of a time of each rule, with its title."""
    metric = f"alarum_rule_time_to_{step}_seconds"
    return (f"(increase({metric}_sum[$__range]) / increase({metric}_count[$__range]))"
            " * on (instance, job, rule_id) group_left (title, level) alarum_rule_info")


def phase(name, title, text):
    """A panel for the mean of a step of incidents."""
    return ("stat", title, f"{text} Mean over the range shown, by level.", "s",
            [(mean(f"alarum_incident_time_to_{name}_seconds"), "{{level}}")])


dashboards = {
    "soc_overview": ("Alarum: SOC overview", [
        ("stat", "Open incidents", "Incidents that are not resolved, by level.", "short",
         [("sum by (level) (alarum_incidents_open)", "{{level}}")]),
        ("stat", "Oldest incident that nobody has looked at",
         "How long the oldest of them waits, contained or not. No mean shows it before somebody looks.",
         "s", [("max by (level) (time() - alarum_incident_oldest_unacknowledged_timestamp_seconds)",
                "{{level}}")]),
        ("stat", "Alerts", "Alerts made in the range shown, by level.", "short",
         [("sum by (level) (increase(alarum_alerts_total[$__range]))", "{{level}}")]),
        phase("detect", "MTTD", "From the first event's time to the decision."),
        phase("notify", "Time to notify", "From the decision to the first message that arrived."),
        phase("acknowledge", "MTTA", "From the decision to somebody who looked at it."),
        phase("identify", "MTTI", "From the decision to the first verdict."),
        phase("respond", "MTTR (respond)", "From the decision to the first action that was done."),
        phase("contain", "MTTC", "From the decision to containment, verified or said by somebody."),
        phase("resolve", "MTTR (resolve)", "From the decision to the end."),
        ("stat", "Dwell time", "From the first event's time to containment. Mean over the range shown.", "s",
         [(mean("alarum_incident_dwell_seconds"), "{{level}}")]),
        ("stat", "High and critical, acknowledged within 15 minutes",
         "Their share of those that were acknowledged in the range shown.", "percentunit",
         [("sum(increase(alarum_incident_time_to_acknowledge_seconds_bucket"
           "{level=~\"high|critical\",le=\"900\"}[$__range])) / sum(increase("
           "alarum_incident_time_to_acknowledge_seconds_count{level=~\"high|critical\"}[$__range]))",
           "within 15 min")]),
        ("timeseries", "Incidents by state", "Open incidents over time.", "short",
         [("sum by (state) (alarum_incidents_open)", "{{state}}")]),
        ("stat", "Incidents without a time to detect",
         "Events without a time, or with one that cannot be right; they are in no mean.", "short",
         [("increase(alarum_incident_unmeasured_detections_total[$__range])", "{{reason}}")]),
    ]),
    "rules": ("Alarum: rules", [
        ("stat", "Rules in use", "Rules that are loaded, by kind.", "short",
         [("alarum_rules_loaded", "{{kind}}")]),
        ("stat", "Rules left out", "Rules that could not be loaded, by the reason of their first error.",
         "short",
         [("alarum_rules_rejected", "{{reason}}")]),
        ("table", "Matches", "Events that a rule matched in the range shown: the 20 most frequent.", "short",
         [("topk(20, increase(alarum_rule_matches_total[$__range]) * on (rule_id)"
           " group_left (title, level, stage) alarum_rule_info)", "{{title}}")]),
        ("table", "Cost", "Cores that a rule keeps busy, estimated: the 20 dearest.", "percentunit",
         [("topk(20, rate(alarum_rule_evaluation_seconds_total[$__range]) * on (instance, job, rule_id)"
           " group_left (title) alarum_rule_info)", "{{title}}")]),
        ("table", "MTTD by rule", "Mean time to detect of the incidents that the rule opened.", "s",
         [(of_rules("detect"), "{{title}}")]),
        ("table", "MTTR (respond) by rule", "Mean time to the first action that the rule asked for.", "s",
         [(of_rules("respond"), "{{title}}")]),
        ("table", "MTTC by rule", "Mean time to contain by the rule that asked for the block.", "s",
         [(of_rules("contain"), "{{title}}")]),
    ]),
    "pipeline": ("Alarum: pipeline", [
        ("stat", "Ready", "Whether /readyz answers 200.", "bool", [("alarum_ready", "{{instance}}")]),
        ("stat", "Version", "What runs.", "short", [("alarum_build_info", "{{version}}")]),
        ("stat", "Last reload", "Whether configuration and rules as they are on disk are in use.", "bool",
         [("alarum_config_last_reload_successful", "{{instance}}")]),
        ("stat", "Sources connected", "Whether a broker of the source answers.", "bool",
         [("alarum_source_connected", "{{source}}")]),
        ("timeseries", "Records", "Records accounted for, by what became of them.", "cps",
         [("sum by (source, outcome) (rate(alarum_records_total[$__rate_interval]))",
         "{{source}} {{outcome}}")]),
        ("timeseries", "Kafka lag", "Records that are not committed yet.", "short",
         [("sum by (source, topic) (alarum_kafka_lag_records)", "{{source}} {{topic}}")]),
        ("timeseries", "Ingest lag, 95 %", "From broker time to reading.", "s",
         [(quantile(0.95, "alarum_ingest_lag_seconds", "source"), "{{source}}")]),
        ("timeseries", "Detection lag, 95 %", "From event time to the decision, of each alert.", "s",
         [(quantile(0.95, "alarum_detection_lag_seconds", "time_basis"), "{{time_basis}}")]),
        ("timeseries", "Watermark behind", "How far behind now events are complete.", "s",
         [("time() - alarum_watermark_timestamp_seconds", "{{source}}")]),
        ("timeseries", "Late events and clock skew",
         "Events that came behind the watermark; times that cannot be.",
         "cps", [("rate(alarum_late_events_total[$__rate_interval])", "{{source}} late"),
                 ("rate(alarum_clock_skew_events_total[$__rate_interval])", "{{source}} skewed")]),
        ("timeseries", "Gaps", "Times that records were gone before they could be read.", "short",
         [("increase(alarum_gaps_total[$__range])", "{{source}}")]),
        ("timeseries", "Outbox", "Alerts and dead letters that have not arrived everywhere.", "short",
         [("alarum_outbox_pending", "waiting"), ("alarum_outbox_full", "full")]),
        ("timeseries", "Sinks",
         "What arrived at each sink, and whether something keeps it from delivering.", "cps",
         [("rate(alarum_sink_delivered_total[$__rate_interval])", "{{sink}}"),
          ("alarum_sink_failing", "{{sink}} fails")]),
        ("timeseries", "Commit duration, 99 %", "How long a commit takes to be on disk.", "s",
         [(quantile(0.99, "alarum_commit_duration_seconds", ""), "p99")]),
        ("timeseries", "Memory", "Allocated and not freed.", "bytes", [("alarum_heap_bytes",
         "{{instance}}")]),
        ("timeseries", "Ledger", "Its file and its log.", "bytes", [("alarum_ledger_bytes", "{{instance}}")]),
    ]),
    "response_safety": ("Alarum: response safety", [
        ("stat", "Breaker", "1: it has tripped, and every action is in shadow until somebody has looked.",
         "bool",
         [("alarum_breaker_tripped", "{{instance}}")]),
        ("stat", "Ledger damaged", "1: it is not written any more until a restart.", "bool",
         [("alarum_ledger_damaged", "{{instance}}")]),
        ("stat", "Blocks now", "Blocks that were done and whose time is not over.", "short",
         [("alarum_blocks_active", "{{responder}}")]),
        ("stat", "Clients seen lately",
         "Addresses in the events of the last ten minutes: what blocks could hurt.",
         "short", [("sum(alarum_client_addresses_recent)", "clients")]),
        ("stat", "Actions", "What became of actions in the range shown.", "short",
         [("sum by (outcome) (increase(alarum_actions_total[$__range]))", "{{outcome}}")]),
        ("timeseries", "Actions by responder", "What became of actions, by who carries them out.", "cps",
         [("sum by (responder, outcome) (rate(alarum_actions_total[$__rate_interval]))",
           "{{responder}} {{outcome}}")]),
        ("stat", "In doubt",
         "Actions of which nobody knows whether they were done, since the ledger began.", "short",
         [("sum by (responder) (alarum_actions_total{outcome=\"in_doubt\"})", "{{responder}}")]),
        ("stat", "Held by guard", "Actions that a guard kept from being done in the range shown.", "short",
         [("increase(alarum_action_denied_total[$__range])", "{{guard}}")]),
        ("stat", "Ineffective blocks", "Blocks after which events of who is blocked still came.", "short",
         [("increase(alarum_actions_ineffective_total[$__range])", "{{responder}}")]),
        ("timeseries", "Queues", "Actions that wait for their responder.", "short",
         [("alarum_action_queue_length", "{{responder}}")]),
        ("timeseries", "Broken responders", "1: it fails so often that it is left in peace for a while.",
         "bool",
         [("alarum_responder_broken", "{{responder}}")]),
        ("timeseries", "Time to respond, 95 %", "From the decision to the first action that was done.", "s",
         [(quantile(0.95, "alarum_incident_time_to_respond_seconds"), "{{level}}")]),
    ]),
}


def panel(number, kind, title, description, unit, queries):
    """Two panels a row, three of those that show one number."""
    is_table = kind == "table"
    targets = [{"datasource": datasource, "expr": expr, "legendFormat": legend, "refId": "ABC"[i],
                "instant": kind != "timeseries", "range": kind == "timeseries",
                "format": "table" if is_table else "time_series"} for i, (expr, legend) in enumerate(queries)]
    options = {"stat": {"reduceOptions": {"calcs": ["lastNotNull"]}, "textMode": "value_and_name"},
               "timeseries": {"legend": {"displayMode": "list", "placement": "bottom"}}, "table": {}}[kind]
    return {"id": number + 1, "type": kind, "title": title, "description": description,
            "datasource": datasource, "targets": targets, "options": options,
            "fieldConfig": {"defaults": {"unit": unit}, "overrides": []}}


def placed(panels):
    """Puts panels on the grid of 24 columns, each kind as wide as it needs."""
    x = y = height = 0
    for one in panels:
        width, tall = (8, 5) if one["type"] == "stat" else (12, 8)
        if x + width > 24:
            x, y, height = 0, y + height, 0
        one["gridPos"] = {"x": x, "y": y, "w": width, "h": tall}
        x, height = x + width, max(height, tall)
    return panels


def dashboard(name, title, panels):
    """The whole dashboard, as Grafana imports it."""
    source = {"name": "datasource", "label": "Prometheus", "type": "datasource", "query": "prometheus"}
    return {"uid": f"alarum-{name.replace('_', '-')}", "title": title, "tags": ["alarum"],
            "schemaVersion": 39,
            "timezone": "browser", "refresh": "30s", "time": {"from": "now-7d", "to": "now"},
            "templating": {"list": [source]},
            "panels": placed([panel(number, *one) for number, one in enumerate(panels)])}


def main():
    stale = []
    for name, (title, panels) in dashboards.items():
        path = here / f"{name}.json"
        text = json.dumps(dashboard(name, title, panels), indent=1) + "\n"
        if "--check" not in sys.argv:
            path.write_text(text, encoding="utf-8")
        elif not path.exists() or path.read_text(encoding="utf-8") != text:
            stale.append(path.name)
    if stale:
        sys.exit(f"{', '.join(stale)}: not what docs/dashboards/generate.py writes; run it")


if __name__ == "__main__":
    main()
