namespace Veltrix.Protocol;

/// <summary>Why the server closed a play socket, as WebSocket close codes. The numbers never change.</summary>
public enum CloseCode : ushort
{
    /// <summary>A message that is not as the protocol says.</summary>
    BadFrame = 4000,

    /// <summary>A frame's signature is wrong. Nothing of it was carried out.</summary>
    BadSignature = 4001,

    /// <summary>A frame leaves sequences out, or confirms answers that were never given.</summary>
    BadSequence = 4002,

    /// <summary>The session has ended: the player left or joined again, or the hunt is gone.</summary>
    SessionOver = 4003,

    /// <summary>The resume token is not one of this server's.</summary>
    BadToken = 4004,

    /// <summary>A message is larger than allowed.</summary>
    TooLarge = 4005,

    /// <summary>No resume came in time.</summary>
    Idle = 4006,

    /// <summary>This gateway is going away; another one, or its successor, goes on with the session.</summary>
    GoingAway = 4007,

    /// <summary>Something broke in the server.</summary>
    Internal = 4008,

    /// <summary>This server allows only the binary sub-protocol.</summary>
    JsonNotAllowed = 4009,

    /// <summary>The same session was resumed on another socket.</summary>
    Replaced = 4010,

    /// <summary>The resume's attempt number is not above the highest that this session has used.</summary>
    RepeatedResume = 4011,
}

/// <summary>What a client does after a close.</summary>
public enum ComeBack
{
    /// <summary>Nothing: the client is at fault, or another one has taken over.</summary>
    No = 0,

    /// <summary>Connect anew and resume the session.</summary>
    Resume = 1,

    /// <summary>Join anew; the session cannot be resumed.</summary>
    Join = 2,
}

/// <summary>The close codes' names, and what each asks of the client.</summary>
public static class CloseCodes
{
    /// <summary>The code as error messages and logs spell it.</summary>
    public static string Of(CloseCode code) => code switch
    {
        CloseCode.BadFrame => "bad-frame",
        CloseCode.BadSignature => "bad-signature",
        CloseCode.BadSequence => "bad-sequence",
        CloseCode.SessionOver => "session-over",
        CloseCode.BadToken => "bad-token",
        CloseCode.TooLarge => "too-large",
        CloseCode.Idle => "idle",
        CloseCode.GoingAway => "going-away",
        CloseCode.Internal => "internal",
        CloseCode.JsonNotAllowed => "json-not-allowed",
        CloseCode.Replaced => "replaced",
        CloseCode.RepeatedResume => "repeated-resume",
        _ => throw new ArgumentOutOfRangeException(nameof(code), code, "No such close code."),
    };

    /// <summary>
    /// What a client does after a close with this status, which may be a standard one: after 1000 (the session was left) nothing; after every other
    /// one that is not listed, and after a socket that broke without a close, it resumes.
    /// </summary>
    public static ComeBack After(int status) => (CloseCode)status switch
    {
        CloseCode.BadFrame or CloseCode.BadSignature or CloseCode.BadToken or CloseCode.TooLarge or CloseCode.JsonNotAllowed or CloseCode.Replaced => ComeBack.No,
        CloseCode.SessionOver => ComeBack.Join,
        _ => status == 1000 ? ComeBack.No : ComeBack.Resume,
    };

    /// <summary>The close code of a message that could not be read.</summary>
    public static CloseCode Of(FrameError error) => error switch
    {
        FrameError.BadFrame => CloseCode.BadFrame,
        FrameError.BadSignature => CloseCode.BadSignature,
        FrameError.BadSequence => CloseCode.BadSequence,
        _ => throw new ArgumentOutOfRangeException(nameof(error), error, "Not an error."),
    };
}
