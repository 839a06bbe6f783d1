using System.Net;
using System.Net.Security;
using System.Net.Sockets;

namespace Veltrix.Client;

/// <summary>How a client connects and comes back. The defaults suit one player as well as a swarm.</summary>
public sealed class VeltrixClientOptions
{
    /// <summary>Used for joining; null makes one of the client's own, which is disposed with it.</summary>
    public HttpClient? Http { get; init; }

    /// <summary>
    /// More gateways of the same cluster: after a failed attempt the next one is tried, round and round, each session in an order of its own, and with a wait after each round.
    /// A session whose gateway closes the socket because it is old goes to any of them, so that all get their share.
    /// </summary>
    public IReadOnlyList<Uri> OtherGateways { get; init; } = [];

    /// <summary>How long one attempt to connect may take, the answer to the resume included. Default 10 s.</summary>
    public TimeSpan ConnectTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>
    /// How long a gateway may say nothing at all while commands wait for answers. Then it is pinged, and after as long again without a sign its socket is given up for
    /// one at the next gateway. Default 2 s.
    /// </summary>
    public TimeSpan SilencePatience { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>The wait after an attempt at each gateway that failed; it doubles with each such round. Default 0.5 s.</summary>
    public TimeSpan FirstWait { get; init; } = TimeSpan.FromSeconds(0.5);

    /// <summary>The longest wait between two rounds of attempts. Default 10 s.</summary>
    public TimeSpan LongestWait { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>How long to try before the session is given up; null is as long as the server keeps a session without a socket.</summary>
    public TimeSpan? GiveUpAfter { get; init; }

    /// <summary>
    /// The seed of the chance in the waits: sessions mix it with their id, so that those that lost their gateway in one moment do not come back in one moment.
    /// </summary>
    public ulong Seed { get; init; }

    /// <summary>
    /// Whether commands that wait for the socket may share a frame; a frame given as one may then be sent as part of a larger one. Default true. A load
    /// that must send exactly the frames it was told to sets it to false.
    /// </summary>
    public bool ShareFrames { get; init; } = true;

    /// <summary>Judges the certificate of an https gateway; null trusts what the machine trusts.</summary>
    public RemoteCertificateValidationCallback? ServerCertificate { get; init; }

    /// <summary>
    /// Connects a play socket and gives the stream that owns it, for a program that serves thousands of sockets in its own way; null connects it and
    /// gives a <see cref="NetworkStream"/>. A socket that cannot be connected is a <see cref="SocketException"/>, and then stays the caller's. The stream's
    /// reads may complete inline: what a session does with a frame, its sink's calls included, then runs on the thread that completes them.
    /// </summary>
    public Func<Socket, IPEndPoint, CancellationToken, ValueTask<Stream>>? Connect { get; init; }

    /// <summary>The clock of waits and time-outs.</summary>
    public TimeProvider Clock { get; init; } = TimeProvider.System;
}
