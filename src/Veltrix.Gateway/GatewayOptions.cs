using Microsoft.Extensions.Options;
using Veltrix.Gateway.Operators;
using Veltrix.Gateway.Sessions;

namespace Veltrix.Gateway;

/// <summary>How a gateway guards itself and how much it takes. Every gateway of a cluster needs the same secret and the same operator keys.</summary>
public sealed class GatewayOptions
{
    /// <summary>
    /// The root of all session keys, resume tokens and player tokens: at least 32 random bytes, the same for every gateway of the cluster.
    /// Changing it ends every session and every token.
    /// </summary>
    public byte[] Secret { get; set; } = [];

    /// <summary>
    /// The operators' keys that this gateway takes without asking anybody, also when no silo answers. With one admin among them all further ones can be made
    /// over REST. None: only the provider of <see cref="Oidc"/> can say who operates.
    /// </summary>
    public IList<OwnOperatorKey> OperatorKeys { get; set; } = [];

    /// <summary>
    /// A second port, on the addresses of the public one, for orchestrators and collectors: it serves /metrics, /health, /alive and /started, in plain HTTP and without
    /// keys, and nothing else. Keep it inside a trusted network. 1 to 65,535, or 0 for none, the default; then /metrics is at the public port only, for operators.
    /// </summary>
    public int InternalPort { get; set; }

    /// <summary>Operators by the tokens of an OpenID Connect provider. None by default.</summary>
    public OidcOptions Oidc { get; set; } = new();

    /// <summary>Players by the tokens of the organiser's backend. None by default.</summary>
    public PlayerTokenOptions PlayerTokens { get; set; } = new();

    /// <summary>
    /// The proxies, as IP addresses or networks such as 10.0.0.0/8, that say in X-Forwarded-For and X-Forwarded-Proto whom they speak for. None by default: what they say
    /// is then not believed, and behind an ingress all players and operators share the ingress' address and its limits. Name only what strangers cannot be: whoever is named may
    /// speak for any address.
    /// </summary>
    public IList<string> TrustedProxies { get; set; } = [];

    /// <summary>Whether players may use the JSON twin of the protocol. It costs several times the CPU of the binary one. Default true.</summary>
    public bool AllowJson { get; set; } = true;

    /// <summary>The most sessions of this gateway, with a socket or kept for a resume: 1 to 1,000,000, default 50,000. Each costs 1 KB, with a socket about 10 KB.</summary>
    public int MaxSessions { get; set; } = 50_000;

    /// <summary>
    /// The most commands of all sessions together that are accepted and unanswered; above it commands are answered busy. 64 to 1,000,000, default
    /// 8,192. Higher rides out longer pauses, and makes the last in the line wait longer: at 12,000 commands a second, 0.7 s. It has to stay well
    /// below what a silo answers within its response timeout, or calls that came too late are made again and again.
    /// </summary>
    public int MaxCommandsInFlight { get; set; } = 8_192;

    /// <summary>The most commands a second of one session, over time; above it they are answered busy. 1 to 100,000, default 200.</summary>
    public int CommandsPerSecond { get; set; } = 200;

    /// <summary>How many commands a session that was quiet may send at once: 1 to 1,000,000, default 1,024.</summary>
    public int CommandBurst { get; set; } = 1024;

    /// <summary>How long a session without a socket is kept in this gateway's memory; later a resume asks the player's grain. 1 s to 1 h, default 2 min.</summary>
    public TimeSpan ResumeTime { get; set; } = TimeSpan.FromMinutes(2);

    /// <summary>How long after its socket was lost a player is reported as away, which starts the linger time in the world. 0 to 10 min, default 15 s.</summary>
    public TimeSpan DetachAfter { get; set; } = TimeSpan.FromSeconds(15);

    /// <summary>How long a fresh socket may take for its resume. 1 s to 1 min, default 10 s.</summary>
    public TimeSpan HandshakeTime { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>How long one message to a client may take until its socket is given up. 1 s to 5 min, default 10 s. The session can be resumed.</summary>
    public TimeSpan SendTime { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>How often a quiet socket is asked for a sign of life, and how long it has to give one. 1 s to 1 h, default 30 s.</summary>
    public TimeSpan KeepAlive { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>How long a call to a grain is repeated before the socket is closed with a request to resume; a join for a third of it. 1 s to 10 min, default 30 s.</summary>
    public TimeSpan RetryTime { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>How long an overloaded silo is asked again before the commands are answered busy. 0 to 1 min, default 2 s.</summary>
    public TimeSpan OverloadTime { get; set; } = TimeSpan.FromSeconds(2);

    /// <summary>
    /// How long a gateway that is asked to end may take to send its players away and to finish what they were answered, 1 s to 5 min, default 45 s. Seconds are
    /// enough; when the time is up, sockets are cut, and their players resume. Whoever kills the process has to wait longer than this: a pod's
    /// terminationGracePeriodSeconds, 30 s by default, counts from the beginning of its preStop.
    /// </summary>
    public TimeSpan ShutdownTime { get; set; } = TimeSpan.FromSeconds(45);

    /// <summary>
    /// Over how long a gateway that is asked to end sends its players away, 0 to 5 min, default 20 s, and half of <see cref="ShutdownTime"/> at the most. Each of them plays on until it
    /// is their turn, and is back at another gateway after some milliseconds. The first of them go more slowly. Shorter ones make them come in crowds, and wait
    /// for each other. Few are sent away sooner: 100 go in a second on average.
    /// </summary>
    public TimeSpan LeaveTime { get; set; } = TimeSpan.FromSeconds(20);

    /// <summary>
    /// How old a player's socket becomes: its gateway closes it after half to one and a half of this, 1 min to 7 d, default 15 min, 0 for never. The player resumes within some milliseconds, wherever
    /// the ingress or the Service before the gateways leads: without this a gateway that was added got only newcomers. Shorter ones spread players sooner. Players who know several gateways' addresses choose
    /// one of them by chance.
    /// </summary>
    public TimeSpan MaxSocketAge { get; set; } = TimeSpan.FromMinutes(15);

    /// <summary>The most sockets of one address that have not resumed a session yet: 1 to 1,000,000, default 4,096. An address is an IPv4 address or an IPv6 /64.</summary>
    public int MaxStrangersPerAddress { get; set; } = 4096;

    /// <summary>The most joins a minute of one address by guests or with a bad token: 1 to 1,000,000, default 600. Joins with a good token are not counted.</summary>
    public int GuestJoinsPerMinute { get; set; } = 600;

    /// <summary>
    /// The most requests a second of one address over time, before anybody knows who it is: 1 to 1,000,000, default 200. Joins and play sockets have limits of
    /// their own, and what goes over an open socket is no request. A request costs up to 1 ms of a core, so one address gets a fifth of a core at the most.
    /// </summary>
    public int RequestsPerSecond { get; set; } = 200;

    /// <summary>How many requests an address that was quiet may send at once: 1 to 1,000,000, default 2,000: a class room or an office that opens the page.</summary>
    public int RequestBurst { get; set; } = 2000;

    /// <summary>The most operators' keys and tokens a minute of one address that turn out bad: 1 to 1,000,000, default 60. Above it none of that address is looked at.</summary>
    public int BadKeysPerMinute { get; set; } = 60;

    /// <summary>The most viewers of one hunt's live page at this gateway: 0 to 10,000, default 200. Each costs up to 100 KB/s at 3,000 moving players.</summary>
    public int MaxViewers { get; set; } = 200;

    /// <summary>How often viewers and watching players hear what moved: 1 to 10 a second, default 5 for viewers; players get twice that.</summary>
    public int PicturesPerSecond { get; set; } = 5;

    /// <summary>The most bytes of an uploaded map with its tilesets: 1 KB to 1 GB, default 64 MB. An upload is held in memory.</summary>
    public long MaxMapBytes { get; set; } = 64 * 1024 * 1024;
}

/// <summary>An operator's key of the gateway's own settings.</summary>
/// <param name="Role">what its bearer may do</param>
/// <param name="Digest">the key's SHA-256, 32 bytes: the settings need not hold the key</param>
public sealed record OwnOperatorKey(OperatorRole Role, byte[] Digest);

/// <summary>Refuses options that cannot work, with a sentence for each that names the setting and its range.</summary>
internal sealed class GatewayOptionsValidator : IValidateOptions<GatewayOptions>
{
    public ValidateOptionsResult Validate(string? name, GatewayOptions options)
    {
        var problems = new List<string>();
        if (options.Secret is null || options.Secret.Length < 32)
        {
            problems.Add($"Secret has {options.Secret?.Length ?? 0} bytes: give at least 32 random bytes, the same to every gateway of the cluster.");
        }

        if (options.OperatorKeys is null || options.OperatorKeys.Any(key => key is not { Digest.Length: 32 } || !Enum.IsDefined(key.Role)))
        {
            problems.Add("OperatorKeys holds something that is no key: give a role and the 32 bytes of the key's SHA-256 for each.");
        }

        if (options.InternalPort is < 0 or > 65_535)
        {
            problems.Add($"InternalPort is {options.InternalPort}: set Veltrix:Gateway:InternalPort to 1 to 65535, or to 0 for none.");
        }

        Range(nameof(options.MaxSessions), options.MaxSessions, 1, 1_000_000, "sessions");
        Range(nameof(options.MaxCommandsInFlight), options.MaxCommandsInFlight, 64, 1_000_000, "commands");
        Range(nameof(options.CommandsPerSecond), options.CommandsPerSecond, 1, 100_000, "commands a second");
        Range(nameof(options.CommandBurst), options.CommandBurst, 1, 1_000_000, "commands");
        Range(nameof(options.MaxStrangersPerAddress), options.MaxStrangersPerAddress, 1, 1_000_000, "sockets");
        Range(nameof(options.GuestJoinsPerMinute), options.GuestJoinsPerMinute, 1, 1_000_000, "joins a minute");
        Range(nameof(options.RequestsPerSecond), options.RequestsPerSecond, 1, 1_000_000, "requests a second");
        Range(nameof(options.RequestBurst), options.RequestBurst, 1, 1_000_000, "requests");
        Range(nameof(options.BadKeysPerMinute), options.BadKeysPerMinute, 1, 1_000_000, "keys a minute");
        Range(nameof(options.MaxViewers), options.MaxViewers, 0, 10_000, "viewers");
        Range(nameof(options.PicturesPerSecond), options.PicturesPerSecond, 1, 10, "pictures a second");
        Range(nameof(options.MaxMapBytes), options.MaxMapBytes, 1024, 1L << 30, "bytes");
        Span(nameof(options.ResumeTime), options.ResumeTime, 1, 3600);
        Span(nameof(options.DetachAfter), options.DetachAfter, 0, 600);
        Span(nameof(options.HandshakeTime), options.HandshakeTime, 1, 60);
        Span(nameof(options.SendTime), options.SendTime, 1, 300);
        Span(nameof(options.KeepAlive), options.KeepAlive, 1, 3600);
        Span(nameof(options.RetryTime), options.RetryTime, 1, 600);
        Span(nameof(options.OverloadTime), options.OverloadTime, 0, 60);
        Span(nameof(options.ShutdownTime), options.ShutdownTime, 1, 300);
        Span(nameof(options.LeaveTime), options.LeaveTime, 0, 300);
        if (options.MaxSocketAge != TimeSpan.Zero && (options.MaxSocketAge < TimeSpan.FromMinutes(1) || options.MaxSocketAge > TimeSpan.FromDays(7)))
        {
            problems.Add($"MaxSocketAge is {options.MaxSocketAge.TotalSeconds} s: give 60 to 604800 seconds, or 0 for never.");
        }

        problems.AddRange(options.Oidc.Problems());
        problems.AddRange(options.PlayerTokens.Problems());
        problems.AddRange((options.TrustedProxies ?? []).Where(static proxy => TrustedProxies.Parse(proxy) is null).Select(static proxy =>
            $"TrustedProxies holds '{proxy}': give IP addresses or networks, such as 10.0.0.7 or 10.0.0.0/8, in Veltrix:Gateway:TrustedProxies:0 and so on."));
        return problems.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(problems);

        void Range(string setting, long value, long least, long most, string unit)
        {
            if (value < least || value > most)
            {
                problems.Add($"{setting} is {value}: give {least} to {most} {unit}.");
            }
        }

        void Span(string setting, TimeSpan value, int least, int most)
        {
            if (value < TimeSpan.FromSeconds(least) || value > TimeSpan.FromSeconds(most))
            {
                problems.Add($"{setting} is {value.TotalSeconds} s: give {least} to {most} seconds.");
            }
        }
    }
}
