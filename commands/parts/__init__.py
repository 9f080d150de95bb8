"""What commands are made of: options, help, completion, messages, and steps that one or several of them take."""
