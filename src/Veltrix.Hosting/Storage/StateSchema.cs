using System.Collections.Immutable;

namespace Veltrix.Hosting.Storage;

/// <summary>The tables of <c>state.db</c>: maps, and what players must find again.</summary>
internal static class StateSchema
{
    public static readonly ImmutableArray<string> Migrations =
    [
        """
        CREATE TABLE maps (
            hash TEXT NOT NULL UNIQUE,
            name TEXT NOT NULL,
            width INTEGER NOT NULL,
            height INTEGER NOT NULL,
            encoded BLOB NOT NULL
        ) STRICT;

        CREATE TABLE checkpoints (
            hunt TEXT NOT NULL,
            player TEXT NOT NULL,
            session BLOB NOT NULL,
            applied INTEGER NOT NULL,
            x INTEGER NOT NULL,
            y INTEGER NOT NULL,
            has_left INTEGER NOT NULL,
            answers BLOB NOT NULL,
            PRIMARY KEY (hunt, player)
        ) STRICT, WITHOUT ROWID;
        """,
    ];
}
