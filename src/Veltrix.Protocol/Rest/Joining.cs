using System.Text.Json.Serialization;

namespace Veltrix.Protocol.Rest;

/// <summary>The body of a join; it may be left out by a player with a token.</summary>
/// <param name="Player">the name that a guest wants; a token's own name counts more</param>
public sealed record JoinRequest(string? Player);

/// <summary>The answer to a join: all that a client needs to play.</summary>
/// <param name="Session">the session's id: 32 hexadecimal digits</param>
/// <param name="Hunt">the hunt's id</param>
/// <param name="Player">the player's name in this hunt</param>
/// <param name="Key">the session's signing key, 32 bytes in base64: a secret, and given only here</param>
/// <param name="Token">the resume token: opaque text, a secret too</param>
/// <param name="Spawn">where the player stands</param>
/// <param name="Map">the map</param>
/// <param name="Play">where to open the socket, relative to the address of the join</param>
/// <param name="Limits">how much a client may send</param>
/// <param name="Rules">what a client should know of the hunt's rules</param>
/// <param name="State">where the hunt stands: not-started, running or over</param>
public sealed record JoinAnswer(
    string Session, string Hunt, string Player, string Key, string Token, JoinSpawn Spawn, JoinMap Map, string Play, JoinLimits Limits, JoinRules Rules, string State);

/// <summary>The tile on which the player stands at the start of the session.</summary>
public sealed record JoinSpawn(int X, int Y);

/// <summary>The map's content hash, by which its picture can be fetched, and its size in tiles.</summary>
public sealed record JoinMap(string Hash, int Width, int Height);

/// <summary>Limits of this server.</summary>
/// <param name="CommandsPerFrame">the most commands of one frame</param>
/// <param name="Unanswered">the most commands without an answer</param>
/// <param name="CommandsPerSecond">the most commands a second over time; above it they are answered busy</param>
/// <param name="FrameBytes">the most bytes of one message</param>
/// <param name="ResumeSeconds">how long a gateway holds a session without a socket in memory; later it is read from where the player was saved</param>
/// <param name="Json">whether the server allows the JSON twin</param>
public sealed record JoinLimits(int CommandsPerFrame, int Unanswered, int CommandsPerSecond, int FrameBytes, int ResumeSeconds, bool Json);

/// <summary>Public rules of a hunt.</summary>
/// <param name="Reach">how many steps away a command's tile may be, diagonals counting one</param>
/// <param name="SightRadius">how far a player sees, in tiles</param>
/// <param name="StepsPerSecond">how fast a player may walk over plain ground for long</param>
/// <param name="PaceSeconds">how many seconds of walking a rested player may do at once</param>
public sealed record JoinRules(int Reach, int SightRadius, double StepsPerSecond, double PaceSeconds);

/// <summary>How these records are written and read: camelCase, without reflection.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(JoinRequest))]
[JsonSerializable(typeof(JoinAnswer))]
public sealed partial class JoinJson : JsonSerializerContext;
