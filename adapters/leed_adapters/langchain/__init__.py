"""leed in LangChain: a step of a chain, a middleware for agents, a chat model and embeddings.

>>> from langchain_core.messages import HumanMessage
>>> said = HumanMessage("I'm fine", additional_kwargs={"expression": {"prosody": {"Sadness": 0.34}}})
>>> print(leed_messages(policy=None).invoke([said])[0].content)
I'm fine
<BLANKLINE>
[The user sounds quite sad.]

`LeedMiddleware` and `LeedContext` need the package langchain, the others langchain-core alone.
"""

from typing import TYPE_CHECKING

from leed.errors import MissingPackageError
from leed_adapters.langchain.chain import LeedMessages, leed_messages
from leed_adapters.langchain.chat_model import LeedChatModel
from leed_adapters.langchain.embeddings import LeedEmbeddings

if TYPE_CHECKING:
    from leed_adapters.langchain.middleware import LeedContext, LeedMiddleware

__all__ = ["LeedChatModel", "LeedContext", "LeedEmbeddings", "LeedMessages", "LeedMiddleware", "leed_messages"]


def __getattr__(name: str) -> object:
    if name not in ("LeedContext", "LeedMiddleware"):
        raise AttributeError(f"module 'leed_adapters.langchain' has no attribute {name!r}")
    try:
        from leed_adapters.langchain import middleware  # noqa: PLC0415 - langchain is more than langchain-core
    except ModuleNotFoundError as error:
        if (error.name or "").partition(".")[0] not in ("langchain", "langgraph"):
            raise
        raise MissingPackageError(f"{name} needs langchain, which is not installed: pip install langchain") from error
    return getattr(middleware, name)
