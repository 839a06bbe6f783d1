namespace Veltrix.Gateway.SignIn;

/// <summary>On an endpoint that people open in a browser: who is not signed in there is led to the page where they can.</summary>
internal sealed record ForBrowsers;
