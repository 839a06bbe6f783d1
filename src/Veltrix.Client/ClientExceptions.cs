using Veltrix.Protocol;

namespace Veltrix.Client;

/// <summary>A join was refused, with the server's reason.</summary>
/// <param name="status">the HTTP status</param>
/// <param name="code">the stable code of the problem; "unknown" when the answer had none</param>
/// <param name="message">the server's sentence</param>
/// <param name="retryAfter">when to try again, if the server said so</param>
public sealed class JoinRefusedException(int status, string code, string message, TimeSpan? retryAfter) : Exception(message)
{
    public int Status { get; } = status;

    public string Code { get; } = code;

    public TimeSpan? RetryAfter { get; } = retryAfter;
}

/// <summary>A session cannot go on. What kind of end it was is in the derived types; commands without an answer may have been carried out.</summary>
public abstract class PlayEndedException(string message, Exception? inner = null) : Exception(message, inner);

/// <summary>The session is over: left, replaced by a newer join, or away for too long. Join again.</summary>
public sealed class SessionOverException(string message) : PlayEndedException(message);

/// <summary>The same session was resumed on another socket, which plays on.</summary>
public sealed class SessionReplacedException(string message) : PlayEndedException(message);

/// <summary>The server refused what this client sent, and would refuse it again.</summary>
public sealed class PlayRefusedException(CloseCode code, string message) : PlayEndedException(message)
{
    public CloseCode Code { get; } = code;
}

/// <summary>No gateway could be reached for as long as was tried.</summary>
public sealed class GatewayUnreachableException(string message, Exception? inner) : PlayEndedException(message, inner);

/// <summary>The server did something that the protocol does not allow.</summary>
public sealed class PlayProtocolException(string message) : PlayEndedException(message);

/// <summary>The session's sink threw; the exception inside is the sink's.</summary>
public sealed class SinkFailedException(Exception inner) : PlayEndedException($"The session's sink failed: {inner.Message}", inner);
