"""Studies: questions that are answered by an experiment of their own, or by laying trials side by side."""

from toolkit.studies.base import Evidence, StudyInfo, Tables, study, study_info, study_names
from toolkit.studies.calibration import calibrate
from toolkit.studies.closeness import close_together
from toolkit.studies.families import family_trees
from toolkit.studies.one_hot import one_hot
from toolkit.studies.orthogonal import orthogonal
from toolkit.studies.sameness import same_thing
from toolkit.studies.size import why_50

__all__ = [
    "Evidence",
    "StudyInfo",
    "Tables",
    "calibrate",
    "close_together",
    "family_trees",
    "one_hot",
    "orthogonal",
    "same_thing",
    "study",
    "study_info",
    "study_names",
    "why_50",
]
