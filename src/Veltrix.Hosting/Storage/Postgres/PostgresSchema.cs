using System.Collections.Immutable;

namespace Veltrix.Hosting.Storage.Postgres;

/// <summary>The tables of one part of Veltrix, as the steps that made them what they are.</summary>
/// <param name="Part">the part's name, which stays; a database knows its steps by it</param>
/// <param name="Migrations">
/// the scripts, numbered from 1 by their place. Each runs in a transaction of its own. A script that was released is never changed, only followed by another
/// </param>
public sealed record PostgresSchema(string Part, ImmutableArray<string> Migrations);

/// <summary>One script of a part, by its number.</summary>
public readonly record struct PostgresStep(string Part, int Number)
{
    public override string ToString() => $"{Part} {Number}";
}
