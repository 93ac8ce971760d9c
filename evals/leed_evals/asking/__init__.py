"""Many questions to a chat model: a few at a time, each answer kept as it comes, so that a run can be resumed."""
