namespace Veltrix.Hosting.Storage.Postgres;

/// <summary>A PostgreSQL database cannot be used as it is. The message is for the person who runs the program: what is wrong, and what to do.</summary>
public sealed class PostgresStorageException(string message, Exception? inner = null) : Exception(message, inner);
