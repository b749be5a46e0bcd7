"""Tasks: by what an embedding is judged."""

from toolkit.tasks.base import Kind, Score, Subject, TaskInfo, task_info, task_names
from toolkit.tasks.facts import attribute_probe, fact_completion
from toolkit.tasks.items import item_similarity
from toolkit.tasks.judging import evaluate
from toolkit.tasks.ranking import ranking
from toolkit.tasks.rating import rating_prediction
from toolkit.tasks.words import analogies, word_similarity

__all__ = [
    "Kind",
    "Score",
    "Subject",
    "TaskInfo",
    "analogies",
    "attribute_probe",
    "evaluate",
    "fact_completion",
    "item_similarity",
    "ranking",
    "rating_prediction",
    "task_info",
    "task_names",
    "word_similarity",
]
