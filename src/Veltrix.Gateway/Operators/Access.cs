using Microsoft.AspNetCore.Builder;

namespace Veltrix.Gateway.Operators;

/// <summary>Who may use an endpoint. One without this mark is closed to all, so that a forgotten mark locks a door instead of opening it.</summary>
internal enum Access
{
    /// <summary>Anybody.</summary>
    Open = 1,

    /// <summary>An operator who may run hunts. Checked, like the other roles, before the handler runs and before a body is read.</summary>
    Operator = 2,

    /// <summary>A player: the handler checks the token, which belongs to one hunt.</summary>
    Player = 3,

    /// <summary>Anybody where the hunt's rules allow spectators, else viewers: the handler asks the hunt.</summary>
    Spectator = 4,

    /// <summary>An operator who may read.</summary>
    Viewer = 5,

    /// <summary>An operator who may make and revoke operators' keys.</summary>
    Admin = 6,
}

/// <summary>The mark on an endpoint.</summary>
internal sealed record AccessMark(Access Access)
{
    /// <summary>The least role that the endpoint takes; null where it takes others than operators too.</summary>
    public OperatorRole? Role => Access switch
    {
        Access.Viewer => OperatorRole.Viewer,
        Access.Operator => OperatorRole.Operator,
        Access.Admin => OperatorRole.Admin,
        _ => null,
    };
}

internal static class AccessMarks
{
    public static TBuilder For<TBuilder>(this TBuilder endpoint, Access access)
        where TBuilder : IEndpointConventionBuilder => endpoint.WithMetadata(new AccessMark(access));
}
