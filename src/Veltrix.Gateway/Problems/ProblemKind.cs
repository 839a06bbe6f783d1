namespace Veltrix.Gateway.Problems;

/// <summary>Everything that a request can be refused for: a closed list. Clients decide by the code, which never changes its meaning.</summary>
/// <param name="Code">the stable code</param>
/// <param name="Status">the HTTP status that goes with it</param>
/// <param name="Title">the kind of problem in a few words</param>
internal sealed record ProblemKind(string Code, int Status, string Title)
{
    public static readonly ProblemKind BadRequest = new("bad-request", 400, "The request is not understood");
    public static readonly ProblemKind BadMap = new("bad-map", 400, "The map cannot be used");
    public static readonly ProblemKind BadHunt = new("bad-hunt", 400, "The hunt cannot be created so");
    public static readonly ProblemKind BadName = new("bad-name", 400, "The name breaks the rule of names");
    public static readonly ProblemKind OperatorOnly = new("operator-only", 401, "An operator key is needed");
    public static readonly ProblemKind BadToken = new("bad-token", 401, "The player token is not accepted");
    public static readonly ProblemKind RoleTooSmall = new("role-too-small", 403, "The operator's role does not allow this");
    public static readonly ProblemKind ForeignPage = new("foreign-page", 403, "Another site's page sent this");
    public static readonly ProblemKind NoGuests = new("guests-not-allowed", 403, "This hunt takes no guests");
    public static readonly ProblemKind NoSpectators = new("no-spectators", 403, "This hunt shows itself to operators only");
    public static readonly ProblemKind NoPage = new("no-such-address", 404, "There is nothing at this address");
    public static readonly ProblemKind NoHunt = new("no-such-hunt", 404, "There is no such hunt");
    public static readonly ProblemKind NoMap = new("no-such-map", 404, "There is no such map");
    public static readonly ProblemKind NoStanding = new("no-standing", 404, "The player has not scored");
    public static readonly ProblemKind NoKey = new("no-such-key", 404, "There is no such operator key");
    public static readonly ProblemKind WrongMethod = new("wrong-method", 405, "The address does not take this method");
    public static readonly ProblemKind HuntExists = new("hunt-exists", 409, "Another hunt has this id");
    public static readonly ProblemKind HuntOver = new("hunt-over", 409, "The hunt is over");
    public static readonly ProblemKind NameTaken = new("name-taken", 409, "Somebody has this name");
    public static readonly ProblemKind TooManyKeys = new("too-many-keys", 409, "There are as many operator keys as may be");
    public static readonly ProblemKind KeyOfSettings = new("key-of-settings", 409, "The key is in the gateway's settings");
    public static readonly ProblemKind TooLarge = new("too-large", 413, "The request is too large");
    public static readonly ProblemKind WrongType = new("wrong-content-type", 415, "The content type is not taken here");
    public static readonly ProblemKind NoWebSocket = new("websocket-only", 426, "This address is for WebSockets");
    public static readonly ProblemKind TooMany = new("busy", 429, "Too many requests from this address");
    public static readonly ProblemKind Internal = new("internal", 500, "Something broke");
    public static readonly ProblemKind Full = new("busy", 503, "This gateway is full");
    public static readonly ProblemKind Starting = new("starting", 503, "This gateway is starting");
    public static readonly ProblemKind IssuerAway = new("issuer-unavailable", 503, "The issuer of tokens does not answer");
    public static readonly ProblemKind Unavailable = new("cluster-unavailable", 503, "The cluster does not answer");

    public static IReadOnlyList<ProblemKind> All { get; } =
    [
        BadRequest, BadMap, BadHunt, BadName, OperatorOnly, BadToken, RoleTooSmall, ForeignPage, NoGuests, NoSpectators, NoPage, NoHunt, NoMap, NoStanding, NoKey, WrongMethod,
        HuntExists, HuntOver, NameTaken, TooManyKeys, KeyOfSettings, TooLarge, WrongType, NoWebSocket, TooMany, Internal, Full, Starting, IssuerAway, Unavailable,
    ];

    /// <summary>The kind for a refusal that the framework decided, which knows only the status.</summary>
    public static ProblemKind OfStatus(int status) => status switch
    {
        401 => OperatorOnly,
        403 => RoleTooSmall,
        404 => NoPage,
        405 => WrongMethod,
        413 => TooLarge,
        415 => WrongType,
        426 => NoWebSocket,
        429 => TooMany,
        503 => Unavailable,
        >= 500 => Internal,
        _ => BadRequest,
    };
}
