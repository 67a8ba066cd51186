"""Putting applications on a board, and running them there: whatever mpremote reaches, emulated boards too.

`deployment` is a deployment from end to end, `running` a run; `remote` is the board at its port, `ports` finds that.
What an application needs is decided in `needed`, on the map of the library in `library`; what is done in `planning`;
how, in `switching`, with the code in `agent` on the board. `records` is what a deployment leaves there.
"""
