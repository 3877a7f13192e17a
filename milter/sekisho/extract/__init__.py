"""Files taken apart, a module a format. Runs in the sandbox; nothing here is called by a process with secrets."""
