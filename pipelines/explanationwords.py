"""An explanation as text for people and as a document for programs. Pure."""

from vipprov.guest.explanation import Explanation


def text(explanation: Explanation) -> str:
    """Return the verdict, the layer first."""
    if explanation.cause is None:
        return f"verdict: {explanation.standing.value}\n  {explanation.says}"
    cause = explanation.cause
    lines = [
        f"verdict: {cause.layer.value}, {cause.id}",
        f"  cause:    {explanation.says}",
        f"  evidence: {', '.join(explanation.evidence) or 'none'}",
        f"  next:     {explanation.next_move}",
    ]
    if explanation.unexplained:
        lines.append(f"  not explained by it: {', '.join(explanation.unexplained)}")
    return "\n".join(lines)


def document(explanation: Explanation) -> dict[str, object]:
    """Return the verdict as a JSON document; layer and cause are null for a healthy pair."""
    cause = explanation.cause
    return {
        "standing": explanation.standing.value,
        "layer": None if cause is None else cause.layer.value,
        "cause": None if cause is None else cause.id,
        "guests": list(explanation.guests),
        "says": explanation.says,
        "evidence": list(explanation.evidence),
        "unexplained": list(explanation.unexplained),
        "next_move": explanation.next_move,
    }
