// Says on the page what the library of security keys says only to the console.
document.addEventListener("allauth.error", (event) => {
  event.preventDefault();
  document.getElementById("key_failed").hidden = false;
});
