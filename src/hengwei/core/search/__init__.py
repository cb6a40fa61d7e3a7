"""Search over everything: one table, words and bigrams in a GIN index, newest first.

    index("item", 7, title="…", public_text="…", internal_text="…")
    found = search("打印机 卡纸", user=user, kinds=["item"])
"""

from .engine import Found, Hit, forget, index, learn_words, register, remove, search

__all__ = ["Found", "Hit", "forget", "index", "learn_words", "register", "remove", "search"]
