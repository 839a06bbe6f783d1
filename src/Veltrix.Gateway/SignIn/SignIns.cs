using Microsoft.AspNetCore.Http;
using Veltrix.Gateway.Operators;
using Veltrix.Gateway.Sessions;

namespace Veltrix.Gateway.SignIn;

/// <summary>
/// Operators at a browser, which cannot send a header by itself: a cookie says by which key they signed in. It is signed under the gateways' secret, so any
/// gateway of the cluster takes it and none keeps anything, and it is as good as the key is: each request asks whether the key still is. Only reading
/// requests of the gateway's own pages may use it, so no other site can have a browser change something.
/// </summary>
internal sealed class SignIns(Credentials credentials, OperatorKeys keys, TimeProvider clock)
{
    public const string CookieName = "veltrix-operator";

    /// <summary>A working day. Signing out takes the cookie away from the browser; what was copied from there ends with this time or with the key.</summary>
    public static readonly TimeSpan Life = TimeSpan.FromHours(12);

    /// <summary>The operator who signed in at the browser that a request comes from.</summary>
    public async ValueTask<OperatorFinding> FindAsync(HttpContext context)
    {
        if (!HttpMethods.IsGet(context.Request.Method) && !HttpMethods.IsHead(context.Request.Method))
        {
            return OperatorFinding.Nobody;
        }

        return context.Request.Cookies[CookieName] is { } cookie && IsOwnPage(context.Request) && credentials.TryReadSignIn(cookie, clock.GetUtcNow(), out var key)
            ? await keys.FindByIdAsync(key)
            : OperatorFinding.Nobody;
    }

    public void Begin(HttpContext context, OperatorIdentity caller) =>
        context.Response.Cookies.Append(CookieName, credentials.SignIn(caller.Id, clock.GetUtcNow() + Life), Options(context, Life));

    public static void End(HttpContext context) => context.Response.Cookies.Delete(CookieName, Options(context, TimeSpan.Zero));

    /// <summary>Whether a request comes from a page of this gateway, or from no page at all. Browsers say so, and pages cannot keep them from it.</summary>
    public static bool IsOwnPage(HttpRequest request)
    {
        var site = request.Headers["Sec-Fetch-Site"].ToString();
        var origin = request.Headers.Origin.ToString();
        return site switch
        {
            "same-origin" => true,
            "" or "none" => origin.Length == 0
                || (Uri.TryCreate(origin, UriKind.Absolute, out var from) && string.Equals(from.Authority, AuthorityOf(request), StringComparison.OrdinalIgnoreCase)),
            _ => false,
        };
    }

    // The scheme is left out: behind an ingress that ends TLS the gateway sees http where the browser says https.
    private static string AuthorityOf(HttpRequest request) =>
        Uri.TryCreate($"{request.Scheme}://{request.Host.Value}", UriKind.Absolute, out var own) ? own.Authority : "";

    private static CookieOptions Options(HttpContext context, TimeSpan life) => new()
    {
        HttpOnly = true,
        Secure = context.Request.IsHttps,
        SameSite = SameSiteMode.Strict,
        Path = "/",
        MaxAge = life,
        IsEssential = true,
    };
}
