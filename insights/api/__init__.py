"""The REST API: thin views over the semantic layer, the assistant, serving and training."""
