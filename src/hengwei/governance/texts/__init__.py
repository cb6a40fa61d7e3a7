"""The text of a regulation: read from what people paste or upload, written as Markdown and in the usual office form. Pure."""

from .clauses import Document, Node, walk
from .markdown import to_markdown
from .office import Unreadable, from_docx, to_docx
from .reading import parse

__all__ = ["Document", "Node", "Unreadable", "from_docx", "parse", "to_docx", "to_markdown", "walk"]
