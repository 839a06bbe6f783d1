using Microsoft.AspNetCore.Http;
using Veltrix.Gateway.Problems;
using Veltrix.Gateway.Sessions;
using Veltrix.Gateway.SignIn;
using Veltrix.Gateway.Tokens;

namespace Veltrix.Gateway.Operators;

/// <summary>Finds out which operator a request comes from, once a request, whoever asks.</summary>
internal sealed class OperatorGate(OperatorKeys keys, OperatorTokens tokens, SignIns signIns, AddressBook addresses)
{
    private const string Scheme = "Bearer ";

    /// <summary>The operator whose credentials the request brings.</summary>
    public async ValueTask<OperatorFinding> FindAsync(HttpContext context)
    {
        if (context.Features.Get<OperatorFinding>() is { } known)
        {
            return known;
        }

        var found = BearerOf(context.Request) is { } bearer ? await CheckAsync(context, bearer) : await signIns.FindAsync(context);
        context.Features.Set(found);
        return found;
    }

    /// <summary>Why the request may not do what needs this role; null when it may.</summary>
    public async ValueTask<Problem?> RefusalAsync(HttpContext context, OperatorRole least)
    {
        var found = await FindAsync(context);
        return found.Operator is not { } caller ? found.Refusal
            : caller.Role >= least ? null
            : new Problem(
                ProblemKind.RoleTooSmall,
                $"This needs the role {Roles.NameOf(least)}, and these credentials have the role {Roles.NameOf(caller.Role)}. Ask an admin for a key of that role.");
    }

    /// <summary>Whether the request comes from an operator with this role or a higher one. One whose credentials cannot be checked now does not count.</summary>
    public async ValueTask<bool> HasAsync(HttpContext context, OperatorRole least) => (await FindAsync(context)).Operator?.Role >= least;

    /// <summary>Whether a key that came by another way than the header is of an operator with this role or a higher one.</summary>
    public async ValueTask<bool> AcceptsAsync(HttpContext context, string key, OperatorRole least) => (await CheckAsync(context, key)).Operator?.Role >= least;

    /// <summary>What follows Bearer in the request's authorization, or null.</summary>
    public static string? BearerOf(HttpRequest request)
    {
        var value = request.Headers.Authorization.ToString();
        return value.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase) ? value[Scheme.Length..].Trim() : null;
    }

    /// <summary>Checks credentials, and counts those that are not good against the address.</summary>
    public async ValueTask<OperatorFinding> CheckAsync(HttpContext context, string credentials, bool keysOnly = false)
    {
        var address = context.Connection.RemoteIpAddress;
        if (!addresses.MayGuess(address))
        {
            return OperatorFinding.TooMany;
        }

        var found = !keysOnly && TokenReader.IsToken(credentials) ? await tokens.FindAsync(credentials) : await keys.FindAsync(credentials);
        if (ReferenceEquals(found, OperatorFinding.Stranger))
        {
            addresses.Guessed(address);
        }

        return found;
    }
}
