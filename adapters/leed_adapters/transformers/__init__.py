"""Expression models that run here, by Hugging Face transformers."""
