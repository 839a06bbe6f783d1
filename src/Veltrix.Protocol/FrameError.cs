namespace Veltrix.Protocol;

/// <summary>Why a client's message was not read. Nothing of such a message may be carried out.</summary>
public enum FrameError
{
    /// <summary>It was read.</summary>
    None = 0,

    /// <summary>It is not as the protocol says.</summary>
    BadFrame = 1,

    /// <summary>Its signature is wrong.</summary>
    BadSignature = 2,

    /// <summary>Its sequences cannot be: 0, past the end of the number range, or with gaps inside of one message.</summary>
    BadSequence = 3,
}
