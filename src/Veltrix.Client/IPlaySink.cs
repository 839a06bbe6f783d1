using Veltrix.Protocol;
using Veltrix.Protocol.Frames;

namespace Veltrix.Client;

/// <summary>
/// Hears what a session receives, without an allocation of its own. Calls come one at a time, from the session's reading loop: a sink must not block, and
/// spans are only valid during the call. It may post commands. A sink that throws ends its session.
/// </summary>
public interface IPlaySink
{
    /// <summary>
    /// Answers came, each for the first time, in order, without gaps from the answers before. After a snapshot it is also called for the commands
    /// whose answers the server no longer has, with <see cref="ResultCode.Unknown"/>.
    /// </summary>
    /// <param name="first">the sequence of the first answer</param>
    /// <param name="answers">the answers</param>
    void OnAnswers(ulong first, ReadOnlySpan<Answer> answers);

    /// <summary>The socket is gone with this close status (1006: without one). The session is about to come back by itself.</summary>
    void OnDisconnected(int status)
    {
    }

    /// <summary>The session has come back, and missed answers and unanswered commands are on their way.</summary>
    void OnResumed()
    {
    }

    /// <summary>The server could not tell all that was missed, or fell back: the player stands here.</summary>
    void OnSnapshot(in Snapshot snapshot)
    {
    }

    /// <summary>Players came into view; only while watching.</summary>
    void OnEntered(ReadOnlySpan<Entered> players)
    {
    }

    /// <summary>Players in view walked; only while watching.</summary>
    void OnWalked(ReadOnlySpan<Walked> players)
    {
    }

    /// <summary>Players went out of view; only while watching. After a new socket everybody is out of view without a word.</summary>
    void OnLeft(ReadOnlySpan<ushort> handles)
    {
    }

    /// <summary>Where the hunt stands: after each connect, and at each change.</summary>
    void OnHunt(HuntState state)
    {
    }

    /// <summary>The server has a sentence for the player.</summary>
    void OnNotice(string sentence)
    {
    }

    /// <summary>The session has ended, the last call: null after an orderly leave or dispose, else why.</summary>
    void OnEnded(Exception? reason)
    {
    }
}
