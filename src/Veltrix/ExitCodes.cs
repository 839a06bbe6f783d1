namespace Veltrix.Commands;

/// <summary>How the commands tell a script what became of them.</summary>
internal static class ExitCodes
{
    /// <summary>All that was asked for was done, and every check held.</summary>
    public const int Ok = 0;

    /// <summary>A check did not hold, or something broke.</summary>
    public const int Failed = 1;

    /// <summary>The command line does not fit; standard error says how to mend it.</summary>
    public const int BadUsage = 2;
}
