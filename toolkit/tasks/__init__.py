"""Tasks: by what an embedding is judged."""

from toolkit.tasks.base import (
    SCORE_FIELDS,
    Kind,
    Score,
    Subject,
    TaskInfo,
    main_metric_of,
    nothing,
    task,
    task_info,
    task_names,
    units_of,
)
from toolkit.tasks.facts import attribute_probe, fact_completion
from toolkit.tasks.geometry import geometry
from toolkit.tasks.items import item_similarity
from toolkit.tasks.judging import evaluate
from toolkit.tasks.ranking import ranking
from toolkit.tasks.rating import rating_prediction
from toolkit.tasks.units import UnitRules, Units, read_units, sample_of, unit_files, write_units
from toolkit.tasks.words import analogies, word_similarity

__all__ = [
    "SCORE_FIELDS",
    "Kind",
    "Score",
    "Subject",
    "TaskInfo",
    "UnitRules",
    "Units",
    "analogies",
    "attribute_probe",
    "evaluate",
    "fact_completion",
    "geometry",
    "item_similarity",
    "main_metric_of",
    "nothing",
    "ranking",
    "rating_prediction",
    "read_units",
    "sample_of",
    "task",
    "task_info",
    "task_names",
    "unit_files",
    "units_of",
    "word_similarity",
    "write_units",
]
