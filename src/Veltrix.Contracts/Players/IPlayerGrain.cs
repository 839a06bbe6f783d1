using Veltrix.World;

namespace Veltrix.Contracts;

/// <summary>One player of one hunt: where they are, which session plays, what it was answered. The key is <see cref="GrainKeys.Player(HuntId, PlayerId)"/>.</summary>
[Alias("veltrix.IPlayerGrain")]
public interface IPlayerGrain : IGrainWithStringKey
{
    /// <summary>
    /// Begins a session; the player's earlier one ends. The session is on disk when this returns. A repeat with the same session
    /// changes nothing and gets the same answer. A session that is older than the present one comes too late: it is over.
    /// </summary>
    /// <param name="session">the new session, drawn by the caller</param>
    /// <param name="newcomer">
    /// whether the name must be new to the hunt, as for a guest, who proves nothing: if another session ever had it, the answer is
    /// <see cref="SessionStatus.NameTaken"/> and nothing changes
    /// </param>
    /// <param name="cancellationToken">ends the wait</param>
    [Alias("Join")]
    ValueTask<JoinReply> JoinAsync(SessionId session, bool newcomer = false, CancellationToken cancellationToken = default);

    /// <summary>Takes a session up again: at a new socket, perhaps of another gateway, perhaps in a new activation.</summary>
    [Alias("Resume")]
    ValueTask<ResumeReply> ResumeAsync(ResumeRequest request, CancellationToken cancellationToken = default);

    /// <summary>
    /// Plays consecutive commands of one session, in order, each once. A command that was played before gets its first answer.
    /// The caller has one call of a session under way at a time; after a fault it repeats the same request. It takes no token: a token costs each
    /// of the most frequent calls a source that nobody cancels.
    /// </summary>
    [Alias("Play")]
    ValueTask<PlayReply> PlayAsync(PlayRequest request);

    /// <summary>
    /// The session's socket is gone and was not resumed. The player stays in the world until the linger time is over, then leaves it; the
    /// session can be resumed all the same. Nothing happens when another session plays by now, or when the session was resumed at another gateway.
    /// </summary>
    [Alias("Detach")]
    ValueTask DetachAsync(SessionId session, ulong gateway, CancellationToken cancellationToken = default);
}

/// <summary>How a player stands towards a hunt.</summary>
public enum SessionStatus : byte
{
    /// <summary>The session plays.</summary>
    Playing = 0,

    /// <summary>There is no such hunt.</summary>
    NoHunt = 1,

    /// <summary>The hunt is over.</summary>
    HuntOver = 2,

    /// <summary>Another session of the player took over, or the player left: only joining again helps.</summary>
    SessionOver = 3,

    /// <summary>The first command of the request is not the next of the session: commands are missing between.</summary>
    Gap = 4,

    /// <summary>A guest wants a name that another session of the hunt has had.</summary>
    NameTaken = 5,
}

[GenerateSerializer, Immutable, Alias("veltrix.join-reply")]
public sealed record JoinReply([property: Id(0)] SessionStatus Status, [property: Id(1)] Tile Tile);

/// <summary>Where a session stood after a command: what a gateway remembers for the case that the player's silo dies.</summary>
/// <param name="Sequence">the last command that was answered; 0 when none was</param>
/// <param name="Tile">where the player stood then</param>
[GenerateSerializer, Immutable, Alias("veltrix.standpoint")]
public readonly record struct Standpoint([property: Id(0)] ulong Sequence, [property: Id(1)] Tile Tile);

/// <param name="Session">whose commands</param>
/// <param name="Received">the client has received all answers up to this one</param>
/// <param name="Last">what the gateway remembers of the session, if it does</param>
/// <param name="Gateway">the gateway, by a number that it drew when it started; 0 for none</param>
[GenerateSerializer, Immutable, Alias("veltrix.resume-request")]
public sealed record ResumeRequest(
    [property: Id(0)] SessionId Session, [property: Id(1)] ulong Received, [property: Id(2)] Standpoint? Last = null, [property: Id(3)] ulong Gateway = 0);

/// <param name="Status">whether the session plays on</param>
/// <param name="Applied">the last command that was applied: the client goes on after it</param>
/// <param name="Tile">where the player stands</param>
/// <param name="Whole">whether <paramref name="Missed"/> has every answer that the client missed and the position did not fall back</param>
/// <param name="Missed">the answers after <see cref="ResumeRequest.Received"/> up to <paramref name="Applied"/>, in order, when whole; else none</param>
[GenerateSerializer, Immutable, Alias("veltrix.resume-reply")]
public sealed record ResumeReply(
    [property: Id(0)] SessionStatus Status,
    [property: Id(1)] ulong Applied,
    [property: Id(2)] Tile Tile,
    [property: Id(3)] bool Whole,
    [property: Id(4)] ImmutableArray<CommandAnswer> Missed);

/// <param name="Session">whose commands</param>
/// <param name="First">the sequence of the first command; the others follow without a hole</param>
/// <param name="Received">the client has received all answers up to this one: they need not be kept</param>
/// <param name="Commands">1 to 1,024 commands; nobody changes the array any more</param>
/// <param name="Last">what the gateway remembers of the session: a fresh activation goes on from there when its own knowledge is older</param>
/// <param name="Door">the number of the door that the call takes (see <see cref="SiloDoor"/>); 0 when it takes none</param>
[GenerateSerializer, Immutable, Alias("veltrix.play-request")]
public sealed record PlayRequest(
    [property: Id(0)] SessionId Session,
    [property: Id(1)] ulong First,
    [property: Id(2)] ulong Received,
    [property: Id(3)] ImmutableArray<PlayerCommand> Commands,
    [property: Id(4)] Standpoint Last,
    [property: Id(5)] long Door = 0);

/// <param name="Status">whether the commands were played; if not, there are no answers</param>
/// <param name="Answers">one a command, in order</param>
/// <param name="Tile">where the player stands after the last</param>
/// <param name="WayIn">which way the next call should take</param>
[GenerateSerializer, Immutable, Alias("veltrix.play-reply")]
public sealed record PlayReply(
    [property: Id(0)] SessionStatus Status,
    [property: Id(1)] ImmutableArray<CommandAnswer> Answers,
    [property: Id(2)] Tile Tile,
    [property: Id(3)] WayIn WayIn = default);
