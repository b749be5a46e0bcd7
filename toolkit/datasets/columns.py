"""Telling what a column holds from its name."""

from __future__ import annotations

import re
from collections.abc import Sequence

_ITEM = (
    "item itemid iid movie movieid film filmid product productid asin parentasin book bookid isbn song songid track "
    "trackid artist artistid game gameid business businessid article articleid sku recipe recipeid anime animeid video "
    "videoid joke jokeid restaurant restaurantid"
)
# Likeliest names first, without case and punctuation.
NAMES = {
    "user": "user userid uid username reviewer reviewerid customer customerid member memberid visitorid sessionid "
    "account accountid client clientid profile profileid person personid",
    "item": _ITEM,
    "rating": "rating ratings score stars star overall bookrating ratingvalue ratingscore preference value",
    "timestamp": "timestamp time date datetime unixtime unixreviewtime ts reviewtime ratedat createdat",
    "count": "playcount plays nplays listens listencount clicks views purchases visits scrobbles count counts n freq "
    "frequency times quantity qty weight hours hoursplayed hoursspent playtime playtimeforever minutes",
    "item_of_table": f"{_ITEM} id key",
    "title": "title movietitle itemtitle booktitle name itemname productname",
    "genres": "genres genre class category categories tags",
    "year": "releaseyear year",
}


def guess(role: str, columns: Sequence[str]) -> str | None:
    """Return the column that likeliest plays a part, such as ``"user"``; None if none is known to.

    Examples
    --------
    >>> guess("item", ["userId", "movieId", "rating"])
    'movieId'
    """
    known = {re.sub("[^a-z]", "", column.lower()): column for column in reversed(columns)}
    return next((known[name] for name in NAMES[role].split() if name in known), None)
