"""A chat model that needs no network: it parses the question and calls the tools an LLM would call.

It is a LangChain chat model like any other, so that the agent around it is the same one that
serves OpenAI, Anthropic or Ollama. It is imported only where an answer is made.
"""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import uuid4

from langchain_core.callbacks import CallbackManagerForLLMRun
from langchain_core.language_models import BaseChatModel
from langchain_core.messages import AIMessage, BaseMessage, HumanMessage, ToolMessage
from langchain_core.outputs import ChatGeneration, ChatResult

from insights.assistant.language import Reading, read


class OfflineModel(BaseChatModel):
    """Deterministic and bilingual. It knows the shop's day, its names, and the reading before."""

    today: date
    shop_values: dict[str, Any]
    reply_language: str | None = None
    previous: Reading | None = None
    week_start: str = "monday"

    @property
    def _llm_type(self) -> str:
        return "insights-offline"

    def bind_tools(self, tools: Any, *, tool_choice: Any = None, **kwargs: Any) -> Any:
        """The tools are known by name already."""
        return self

    def _generate(
        self,
        messages: list[BaseMessage],
        stop: list[str] | None = None,
        run_manager: CallbackManagerForLLMRun | None = None,
        **kwargs: Any,
    ) -> ChatResult:
        last = messages[-1]
        if isinstance(last, ToolMessage):
            reply = AIMessage(content=(last.artifact or {}).get("text", last.content))
        else:
            question = next(message for message in reversed(messages) if isinstance(message, HumanMessage))
            reading = read(
                str(question.content),
                today=self.today,
                values=self.shop_values,
                language=self.reply_language,
                previous=self.previous,
                week_start=self.week_start,
            )
            call = {"name": reading.tool, "args": reading.arguments, "id": uuid4().hex, "type": "tool_call"}
            reply = AIMessage(content="", tool_calls=[call], additional_kwargs={"reading": reading})
        return ChatResult(generations=[ChatGeneration(message=reply)])
