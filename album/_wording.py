"""What the page says of who proposed the faces on it: likeness to examples, or a trained recogniser."""

from __future__ import annotations

from dataclasses import dataclass, replace


@dataclass(frozen=True)
class Wording:
    """The sentences of a page that differ with who proposed.

    Attributes:
        kept: begins the names under which a browser keeps decisions: those of one kind of page are not another's.
        command: that wrote the page.
        title: of its window.
        lead: the question that it asks.
        so_far: what is known before anybody has decided, and what becomes of decisions.
        nobody: where no face is proposed.
        perhaps: which faces are proposed in doubt, and in which order.
        surely: which are proposed without.
        single: which of the others are in no group.
        measure: what the number of a face is.
    """

    kept: str
    command: str
    title: str
    lead: str
    so_far: str
    nobody: str
    perhaps: str
    surely: str
    single: str
    measure: str


FIND = Wording(
    kept="facebench",
    command="find",
    title="Which of these are you?",
    lead="Which of these faces are you?",
    so_far="So far this is a guess. Say of each face whether it is yours, name the people you know if you like, and "
    "save the labels: faces that nobody has looked at take no part in what follows. Doubtful faces come first, and you "
    "may stop at any time.",
    nobody="No face looks enough like your examples to be proposed. Look for yourself among the other people.",
    perhaps="The least alike first.",
    surely="Very like your examples, the least alike first.",
    single="Each looks like nobody else in the album, or was split off.",
    measure="Likeness",
)
REVIEW = Wording(
    kept="facebench-review",
    command="predict",
    title="Is the recogniser right?",
    lead="Is the recogniser right about these faces?",
    so_far="This is what the recogniser said. Say of each face whether it is yours, name the people you know if you "
    "like, and save the labels: they train the next recogniser, and this one stays as it is. Faces that nobody has "
    "looked at take no part. Doubtful faces come first, and you may stop at any time.",
    nobody="The recogniser took no face for you. Look for yourself among the others.",
    perhaps="The recogniser is in doubt about these, whatever it answered. The least probable first.",
    surely="The recogniser has no doubt about these. The least probable first.",
    single="Each looks like nobody else here, was not compared with others, or was split off.",
    measure="Probability",
)
#: Of a recogniser without probabilities: its threshold alone decides, and there is no doubt to speak of.
REVIEW_OF_SCORES = replace(REVIEW, surely="The recogniser took these for you. The lowest score first.", measure="Score")
