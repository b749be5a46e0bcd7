"""What the results of a run allow to say, from the units of its scores: intervals, differences, strata and ranks."""

from toolkit.comparing.boards import Board, boards_of
from toolkit.comparing.compare import compare_board, differences_by
from toolkit.comparing.ranking import rank_table

__all__ = ["Board", "boards_of", "compare_board", "differences_by", "rank_table"]
