using Microsoft.AspNetCore.Http;
using Microsoft.Net.Http.Headers;

namespace Veltrix.Gateway.Pages;

/// <summary>What every page tells the browser to allow: nothing but the page's own parts, and no frame around it.</summary>
internal static class PageHeaders
{
    /// <summary>For the live page.</summary>
    public const string Policy =
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob: data:; connect-src 'self' ws: wss:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

    /// <summary>For a page with a form and without a script.</summary>
    public const string FormPolicy = "default-src 'none'; style-src 'self'; img-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'";

    /// <summary>For the Orleans dashboard, which writes styles into its page and carries pictures and fonts inside of its style sheet.</summary>
    public const string DashboardPolicy =
        "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; font-src 'self' data:; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

    /// <param name="headers">the answer's</param>
    /// <param name="policy">one of those above</param>
    /// <param name="referrer">whom the browser tells which page a request comes from: nobody, or for a page with a form <c>same-origin</c>, without which it hides that from the gateway too</param>
    public static void Set(IHeaderDictionary headers, string policy, string referrer = "no-referrer")
    {
        headers.ContentSecurityPolicy = policy;
        headers.XContentTypeOptions = "nosniff";
        headers[HeaderNames.XFrameOptions] = "DENY";
        headers["Referrer-Policy"] = referrer;
    }
}
