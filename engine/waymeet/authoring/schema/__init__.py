"""The JSON Schema of the scene format, for editors: made from the models, with words, snippets and a story's ids."""
