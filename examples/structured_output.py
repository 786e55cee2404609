"""Structured output: a pydantic class goes in as ``response_format``, an instance of it comes out."""

from __future__ import annotations

import asyncio
from typing import Literal

from _provider import where
from pydantic import BaseModel, Field

import edgequake_async as eq


class Ingredient(BaseModel):
    name: str
    grams: int = Field(description="Weight in grams.")


class Recipe(BaseModel):
    title: str
    course: Literal["starter", "main", "dessert"]
    minutes: int
    ingredients: list[Ingredient]


async def main() -> None:
    response = await eq.acompletion(
        messages=[{"role": "user", "content": "A recipe for onion soup."}],
        response_format=Recipe,
        **where(),
    )
    message = response.choices[0].message
    if message.content is None:
        raise SystemExit(f"the model refused: {message.get('refusal')}")
    recipe = Recipe.model_validate_json(message.content)
    print(f"{recipe.title} ({recipe.course}, {recipe.minutes} minutes)")
    for ingredient in recipe.ingredients:
        print(f"  {ingredient.grams} g {ingredient.name}")


if __name__ == "__main__":
    asyncio.run(main())
