"""Studies: questions that are answered by an experiment of their own, or by laying trials side by side."""

from toolkit.studies.base import Evidence, StudyInfo, study_info, study_names
from toolkit.studies.one_hot import one_hot

__all__ = ["Evidence", "StudyInfo", "one_hot", "study_info", "study_names"]
