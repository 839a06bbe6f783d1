namespace Veltrix.Protocol;

/// <summary>Where a hunt stands. The numbers are on the wire.</summary>
public enum HuntState : byte
{
    NotStarted = 0,
    Running = 1,
    Over = 2,
}

/// <summary>Why a resume was answered with a snapshot. The numbers are on the wire.</summary>
public enum SnapshotReason : byte
{
    /// <summary>Answers that the client misses are no longer kept.</summary>
    AnswersGone = 1,

    /// <summary>The server lost the latest positions; the player stands where they were saved last.</summary>
    FellBack = 2,
}

/// <summary>These words as JSON spells them.</summary>
public static class StateNames
{
    public static string Of(HuntState state) => state switch
    {
        HuntState.NotStarted => "not-started",
        HuntState.Running => "running",
        HuntState.Over => "over",
        _ => throw new ArgumentOutOfRangeException(nameof(state), state, "No such state."),
    };

    public static string Of(SnapshotReason reason) => reason switch
    {
        SnapshotReason.AnswersGone => "answers-gone",
        SnapshotReason.FellBack => "fell-back",
        _ => throw new ArgumentOutOfRangeException(nameof(reason), reason, "No such reason."),
    };
}
