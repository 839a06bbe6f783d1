namespace Veltrix.Commands.Chaos.Plan;

/// <summary>What can be done to a cluster, beside deactivating its grains.</summary>
internal enum DeedKind
{
    /// <summary>kill -9, and started again after a pause.</summary>
    Kill,

    /// <summary>SIGTERM, and started again after a pause.</summary>
    Terminate,

    /// <summary>SIGSTOP, and SIGCONT once others must have taken it for dead.</summary>
    Freeze,

    /// <summary>Its network link is taken away, and given back.</summary>
    Cut,

    /// <summary>A silo no longer reaches the other silos, while it reaches gateways and the database; and then does again.</summary>
    Part,

    /// <summary>The database is stopped, and started again.</summary>
    Database,
}

/// <summary>What a process of the cluster is.</summary>
internal enum Role
{
    Silo,
    Gateway,
}

/// <summary>Something that is planned to be done to a process, or to the database.</summary>
/// <param name="At">when, after measuring has begun; it waits for the one before to be over</param>
/// <param name="Kind">what</param>
/// <param name="Victim">to whom; null for the database</param>
/// <param name="Lasts">how long until the process is started again, woken or reached again, or the database is started again</param>
internal sealed record Deed(TimeSpan At, DeedKind Kind, Victim? Victim, TimeSpan Lasts)
{
    /// <summary>Deeds of one name are summed up together.</summary>
    public string Name => Victim is { } victim ? NameOf(Kind, victim.Role) : "database";

    public static string NameOf(DeedKind kind, Role role) => kind switch
    {
        DeedKind.Kill => $"kill-{Of(role)}",
        DeedKind.Terminate => $"term-{Of(role)}",
        DeedKind.Freeze => $"freeze-{Of(role)}",
        DeedKind.Cut => $"cut-{Of(role)}",
        DeedKind.Part => "part-silo",
        _ => "database",
    };

    public static string Of(Role role) => role is Role.Silo ? "silo" : "gateway";
}

/// <summary>A process of the cluster, counted from 1.</summary>
internal readonly record struct Victim(Role Role, int Number)
{
    public override string ToString() => $"{Deed.Of(Role)}{Number}";
}

/// <summary>A grain that is planned to be deactivated.</summary>
/// <param name="At">when, after measuring has begun</param>
/// <param name="Type">of which grain type, as Orleans calls it</param>
/// <param name="Draw">which of those that live then, in the order of their ids: this, modulo their number</param>
internal readonly record struct GrainDeed(TimeSpan At, string Type, ulong Draw);
