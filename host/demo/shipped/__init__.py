"""What the demo ships: checkpoints, tokenizer and evaluation data, made by `host.demo.build`."""
