"""What staff look for among the users of bench/search.sql, by kind."""

import random
import urllib.parse

FIRST = "ada grace alan edsger barbara donald frances ken dennis margaret linus hedy katherine radia tim".split()
STEMS = "lind berg holm sand stein wald fried ros gold silber eng nor ost west hag dahl str kal mor win".split()
ENDINGS = "er man son sen qvist feld berg ski ova etti eau ez ides".split()


class Searches:
    """The same ones in each run. `kinds` gives a query string by name."""

    def __init__(self, users):
        self._users = users
        self._random = random.Random(7)
        pick = self._random.choice

        def surname():
            return pick(STEMS) + pick(ENDINGS)

        def full_name():
            return f"{pick(FIRST)} {surname()}"

        def some_id():
            return self._random.randint(1, users)

        texts = {
            "id": lambda: str(some_id()),
            "subject": lambda: str(some_id() * 37 + 1_000_000),
            "provider:subject": lambda: f"github:{some_id() * 37 + 1_000_000}",
            "address beginning, common": lambda: pick(FIRST) + ".",
            "address beginning, rare": lambda: f"{pick(FIRST)}.{surname()}{self._random.randint(1, 999)}",
            "two characters": lambda: pick("abcdefghijkl") + pick("aeiounr"),
            "part, rare": lambda: f"{surname()[2:]}{some_id()}@",
            "part nobody has": lambda: f"zz{some_id()}qx",
            "part, a third of all": lambda: "gmail",
            "surname": surname,
            "first and last name": full_name,
            "part of first.last": lambda: pick(FIRST)[-1] + "." + surname(),
            "part only old users have": lambda: "spam.example",
            "frequent pieces, together nowhere": lambda: "com.gma",
        }
        self.kinds = {name: self._of(text) for name, text in texts.items()}
        self.kinds.update({
            "everybody": self._of(None),
            "github": self._of(None, "provider=github"),
            "staff": self._of(None, "staff=1"),
            "disabled": self._of(None, "disabled=1"),
            "disabled, github": self._of(None, "disabled=1&provider=github"),
            "disabled, third of all": self._of(texts["part, a third of all"], "disabled=1"),
            "disabled, surname": self._of(surname, "disabled=1"),
            "disabled, two characters": self._of(texts["two characters"], "disabled=1"),
            "staff, third of all": self._of(texts["part, a third of all"], "staff=1"),
            "staff, two characters": self._of(texts["two characters"], "staff=1"),
            "github, surname": self._of(surname, "provider=github"),
            "github, first and last name": self._of(full_name, "provider=github"),
            "small provider, third of all": self._of(texts["part, a third of all"], "provider=corporate"),
            "small provider, two characters": self._of(texts["two characters"], "provider=corporate"),
            "github, part only spammers have": self._of(texts["part only old users have"], "provider=github"),
        })

    @staticmethod
    def _of(text, filters=""):
        def query():
            search = "search=" + urllib.parse.quote(text()) if text else ""
            return "&".join(part for part in (search, filters) if part)
        return query
