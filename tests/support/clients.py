"""Programs that use OpenAI's API, as their users write them: run against any base_url, each prints what it was told."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

from tests.support.parts import program

OPENAI_NPM = "7.59.0"
"""The version of the npm package that the tests were written with."""

PYTHON = """
import json, sys
import openai
said = [{"role": "user", "content": "I'm fine", "expression": {"prosody": {"Sadness": 0.34}}}]
tool = {"type": "function", "function": {"name": "look", "parameters": {"type": "object", "properties": {}}}}
client = openai.OpenAI(base_url=sys.argv[1], api_key="sk-client", max_retries=0)
whole = client.chat.completions.create(model="m", messages=said)
stream = client.chat.completions.create(model="m", messages=said, stream=True)
text = "".join(chunk.choices[0].delta.content or "" for chunk in stream if chunk.choices)
response = client.responses.create(model="m", input=said)
events = [event.type for event in client.responses.create(model="m", input=said, stream=True)]
called = client.chat.completions.create(model="m", messages=said, tools=[tool])
vectors = client.embeddings.create(model="m", input=["a"])
models = [model.id for model in client.models.list()]
raw = client.chat.completions.with_raw_response.create(model="m", messages=said)
try:
    client.post("/nothing", cast_to=object, body={})
except openai.NotFoundError as error:
    missing = error.code
print(json.dumps({
    "whole": whole.choices[0].message.content, "streamed": text, "response": response.output_text,
    "last event": events[-1], "tool": called.choices[0].message.tool_calls[0].function.name,
    "vector": len(vectors.data[0].embedding) > 0, "models": models, "status": raw.http_response.status_code,
    "error": missing,
}))
"""

NODE = """
import OpenAI from "openai";
const said = [{role: "user", content: "I'm fine", expression: {prosody: {Sadness: 0.34}}}];
const tool = {type: "function", function: {name: "look", parameters: {type: "object", properties: {}}}};
const client = new OpenAI({baseURL: process.argv[2], apiKey: "sk-client", maxRetries: 0});
const whole = await client.chat.completions.create({model: "m", messages: said});
let text = "";
for await (const chunk of await client.chat.completions.create({model: "m", messages: said, stream: true})) {
  text += chunk.choices[0]?.delta?.content ?? "";
}
const response = await client.responses.create({model: "m", input: said});
const events = [];
const told = await client.responses.create({model: "m", input: said, stream: true});
for await (const event of told) events.push(event.type);
const called = await client.chat.completions.create({model: "m", messages: said, tools: [tool]});
const vectors = await client.embeddings.create({model: "m", input: ["a"], encoding_format: "float"});
const models = [];
for await (const model of await client.models.list()) models.push(model.id);
const raw = await client.chat.completions.create({model: "m", messages: said}).asResponse();
let missing = null;
try { await client.post("/nothing", {body: {}}); } catch (error) { missing = error.code; }
console.log(JSON.stringify({
  "whole": whole.choices[0].message.content, "streamed": text, "response": response.output_text,
  "last event": events.at(-1), "tool": called.choices[0].message.tool_calls[0].function.name,
  "vector": vectors.data[0].embedding.length > 0, "models": models, "status": raw.status, "error": missing,
}));
"""


def run_python(base_url: str, python: Path | None = None) -> str:
    """What the program prints that uses OpenAI's client for Python, of this environment or that of another."""
    command = [str(python or sys.executable), "-c", PYTHON, base_url]
    done = subprocess.run(
        command, env={"PATH": os.environ["PATH"], "NO_PROXY": "*"}, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def run_node(base_url: str) -> str:
    """What the program prints that uses OpenAI's client for JavaScript."""
    folder = npm_folder()
    script = folder / "client.mjs"
    script.write_text(NODE, encoding="utf-8")
    command = [str(program("node")), str(script), base_url]
    done = subprocess.run(
        command, env={"PATH": os.environ["PATH"], "NO_PROXY": "*"}, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def npm_folder() -> Path:
    """A folder with the npm package in it, installed once, in the user's cache."""
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    folder = cache / "leed-tests" / f"openai-{OPENAI_NPM}"
    if (folder / "node_modules" / "openai" / "package.json").is_file():
        return folder
    folder.mkdir(parents=True, exist_ok=True)
    npm = shutil.which("npm")
    assert npm is not None, "node is there, and npm is not"
    options = ("--no-audit", "--no-fund", "--ignore-scripts", "--no-save", "--loglevel=error")
    done = subprocess.run(
        [npm, "install", f"openai@{OPENAI_NPM}", "--prefix", str(folder), *options],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return folder
