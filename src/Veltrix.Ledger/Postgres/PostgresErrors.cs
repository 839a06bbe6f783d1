using Npgsql;

namespace Veltrix.Ledger.Postgres;

/// <summary>What PostgreSQL's errors say about the transaction that they ended.</summary>
internal static class PostgresErrors
{
    /// <summary>It was ended for another's sake, with nothing done, and may be tried again.</summary>
    public static bool IsAborted(this PostgresException problem) =>
        problem.SqlState is PostgresErrorCodes.DeadlockDetected or PostgresErrorCodes.SerializationFailure;

    /// <summary>A value does not fit its column (class 22): nothing was done, and it would not fit the next time either.</summary>
    public static bool IsOfData(this PostgresException problem) => problem.SqlState.StartsWith("22", StringComparison.Ordinal);
}
