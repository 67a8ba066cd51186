from twincore.core import Server, Stream, StreamReader, StreamWriter, open_connection, start_server
